import django.db.models.deletion
from django.db import migrations, models

from chambre.core.db.append_only import ProtectTable


class Migration(migrations.Migration):

    dependencies = [
        ('clearing', '0002_numbers'),
        ('registry', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='round',
            name='lender',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent', verbose_name='who lends'),
        ),
        migrations.AddField(
            model_name='round',
            name='pot',
            field=models.BigIntegerField(default=0, verbose_name='pot, at most'),
        ),
        migrations.AddField(
            model_name='round',
            name='pot_days',
            field=models.PositiveSmallIntegerField(default=30, verbose_name='days to give back'),
        ),
        migrations.AddConstraint(
            model_name='round',
            constraint=models.CheckConstraint(condition=models.Q(('pot', 0), models.Q(('lender__isnull', False), ('pot__gt', 0)), _connector='OR'), name='clearing_pot_lender'),
        ),
        migrations.CreateModel(
            name='Group',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('chamber', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('members', models.ManyToManyField(related_name='+', to='registry.agent', verbose_name='members')),
                ('by', models.CharField(max_length=254, verbose_name='by')),
                ('at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'verbose_name': 'group of members',
                'ordering': ['name', 'id'],
                'constraints': [models.UniqueConstraint(fields=('chamber', 'name'), name='clearing_group_name')],
            },
        ),
        migrations.CreateModel(
            name='Loan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('computation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='loans', to='clearing.computation')),
                ('agent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent')),
                ('way', models.CharField(choices=[('lent', 'lent'), ('left', 'left with the lender')], max_length=4, verbose_name='way')),
                ('amount', models.BigIntegerField(verbose_name='amount')),
            ],
            options={
                'ordering': ['computation_id', 'id'],
                'constraints': [models.UniqueConstraint(fields=('computation', 'agent', 'way'), name='clearing_loan_once'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='clearing_lent_something')],
            },
        ),
        migrations.CreateModel(
            name='PotSize',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('computation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pots', to='clearing.computation')),
                ('liquidity', models.BigIntegerField(verbose_name='pot, at most')),
                ('lent', models.BigIntegerField(verbose_name='lent')),
                ('more', models.BigIntegerField(verbose_name='set off thanks to the pot')),
            ],
            options={
                'ordering': ['computation_id', 'liquidity'],
                'constraints': [models.UniqueConstraint(fields=('computation', 'liquidity'), name='clearing_pot_size_once'), models.CheckConstraint(condition=models.Q(('lent__gte', 0), ('lent__lte', models.F('liquidity')), ('more__gte', 0)), name='clearing_pot_within')],
            },
        ),
        *(ProtectTable(model) for model in ('Loan', 'PotSize',)),
    ]
